import { createApp } from "vue";
import "../charge/charge.css";
import PolicePage from "./PolicePage.vue";
import { makeSpeech } from "./words";

createApp(PolicePage).use(makeSpeech()).mount("#page");
