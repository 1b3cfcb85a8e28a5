import { createApp } from "vue";
import { followPalette } from "@/components/palette";
import { makeI18n } from "@/i18n";
import "@/styles/base.css";
import WallPage from "./WallPage.vue";

followPalette();
createApp(WallPage).use(makeI18n()).mount("#page");
