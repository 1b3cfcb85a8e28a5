/** Before each file of tests: files share modules, so that none is evaluated twice; what modules keep begins anew here. */
import { keepZone } from "@/i18n/zone";

keepZone(new Intl.DateTimeFormat().resolvedOptions().timeZone);
