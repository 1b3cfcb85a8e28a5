import { createApp } from "vue";
import "../charge/charge.css";
import VisitPage from "./VisitPage.vue";
import { makeSpeech } from "./words";

createApp(VisitPage).use(makeSpeech()).mount("#page");
