import vue from "eslint-plugin-vue";
import ts from "typescript-eslint";
import parser from "vue-eslint-parser";

export default ts.config(
  { ignores: ["dist/", "node_modules/"] },
  ...ts.configs.strict,
  ...vue.configs["flat/recommended"],
  {
    files: ["**/*.vue"],
    languageOptions: { parser, parserOptions: { parser: ts.parser, sourceType: "module" } },
  },
  {
    rules: {
      "max-lines": ["error", { max: 200, skipBlankLines: true }],
      "no-console": "error",
      "no-undef": "off", // the type checker knows better
      "no-restricted-syntax": [
        "error",
        {
          selector: ":function[async=true] CallExpression[callee.name='emit']",
          message: "Who has left the page meanwhile is not heard: let `onDone: () => void` be a prop; `@done` gives it.",
        },
      ],
      "vue/block-lang": ["error", { script: { lang: "ts" } }],
      "vue/component-api-style": ["error", ["script-setup"]],
      "vue/html-self-closing": ["error", { html: { void: "always" } }],
      "vue/max-attributes-per-line": "off", // the line length decides
      "vue/singleline-html-element-content-newline": "off", // the same
    },
  },
  { files: ["**/*.test.ts"], rules: { "max-lines": ["error", { max: 300, skipBlankLines: true }] } },
);
