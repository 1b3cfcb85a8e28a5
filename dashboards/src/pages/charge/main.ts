import { createApp } from "vue";
import ChargePage from "./ChargePage.vue";
import "./charge.css";
import { makeSpeech } from "./speech";

createApp(ChargePage).use(makeSpeech()).mount("#page");
