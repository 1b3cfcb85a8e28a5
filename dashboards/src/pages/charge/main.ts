import { createApp } from "vue";
import ChargePage from "./ChargePage.vue";
import "./charge.css";
import { makeSpeech } from "./words";

createApp(ChargePage).use(makeSpeech()).mount("#page");
