import { createApp } from "vue";
import { followPalette } from "@/components/palette";
import { makeI18n } from "@/i18n";
import "@/styles/base.css";
import SigninPage from "./SigninPage.vue";

followPalette();
createApp(SigninPage).use(makeI18n()).mount("#page");
