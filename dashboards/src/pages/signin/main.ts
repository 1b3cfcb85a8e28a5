import { createApp } from "vue";
import { makeI18n } from "@/i18n";
import "@/styles/base.css";
import SigninPage from "./SigninPage.vue";

createApp(SigninPage).use(makeI18n()).mount("#page");
