import { createApp } from "vue";
import { followPalette } from "@/components/palette";
import { makeI18n } from "@/i18n";
import "@/styles/base.css";
import "@/styles/work.css";
import AdminPage from "./AdminPage.vue";

followPalette();
createApp(AdminPage).use(makeI18n()).mount("#page");
