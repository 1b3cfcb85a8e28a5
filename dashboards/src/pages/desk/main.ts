import { createApp } from "vue";
import { followPalette } from "@/components/palette";
import { makeI18n } from "@/i18n";
import "@/styles/base.css";
import "@/styles/work.css";
import "../console/passes/passes.css";
import "../console/register/register.css";
import "./desk.css";
import DeskPage from "./DeskPage.vue";

followPalette();
createApp(DeskPage).use(makeI18n()).mount("#page");
