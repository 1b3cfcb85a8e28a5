import { createApp } from "vue";
import { makeI18n } from "@/i18n";
import "@/styles/base.css";
import "@/styles/work.css";
import AdminPage from "./AdminPage.vue";

createApp(AdminPage).use(makeI18n()).mount("#page");
