import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  { ignores: ["dist/", ".engines/", "site/.pages/", "site/.dist/", "assembly/", "node_modules/", "**/*.generated.ts"] },
  {
    files: ["src/**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      // Handles are made by their type's `wrap`, whose class TypeScript cannot follow.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      // A bundle in one file may be run as CommonJS: there these names are taken.
      "no-restricted-syntax": ["error", "Program > VariableDeclaration > [id.name=/^(module|exports|require)$/]"],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
);
