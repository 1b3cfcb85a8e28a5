/** Why something was not done, in the viewer's language where the code is known; else in the device's own words. */
import { useI18n } from "vue-i18n";

export function useBecause(): (code: string, message: string) => string {
  const { t, te } = useI18n();
  return (code, message) => {
    const key = `because.${code}`;
    return code !== "" && te(key) ? t(key) : message || code;
  };
}
