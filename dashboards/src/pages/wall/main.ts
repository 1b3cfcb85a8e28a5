import { createApp } from "vue";
import { makeI18n } from "@/i18n";
import "@/styles/base.css";
import WallPage from "./WallPage.vue";

createApp(WallPage).use(makeI18n()).mount("#page");
