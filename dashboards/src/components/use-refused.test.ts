import { describe, expect, it } from "vitest";
import { inWords } from "./use-refused";

describe("why the hub refused", () => {
  const late = { code: "not-unacknowledged", detail: "it is acknowledged already (acknowledged by wang)" };

  it("is said in the viewer's language", () => {
    expect(inWords(late, "zh-CN")).toBe("已经有人确认过");
    expect(inWords(late, "en")).toBe(late.detail);
  });

  it("has the hub's own words where they tell more", () => {
    expect(inWords({ code: "too-large", detail: "a picture may have 8 MiB" }, "zh-CN")).toBe("文件太大（a picture may have 8 MiB）");
    expect(inWords({ code: "too-large", detail: "$& is literal" }, "zh-CN")).toBe("文件太大（$& is literal）");
  });

  it("is left as it is where nobody knows the code, or a place has said it already", () => {
    expect(inWords({ code: "toString", detail: "of tomorrow" }, "zh-CN")).toBe("of tomorrow");
    expect(inWords({ ...late, spoken: true, detail: "说过了" }, "zh-CN")).toBe("说过了");
  });
});
