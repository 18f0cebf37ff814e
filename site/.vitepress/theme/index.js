import DefaultTheme from "vitepress/theme";
import { h } from "vue";
import Ownership from "./Ownership.vue";
import Playground from "./Playground.vue";
import "./style.css";

export default {
  extends: DefaultTheme,
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      "home-hero-actions-after": () => h("p", { class: "install" }, [h("code", "npm install heapwright")]),
    }),
  enhanceApp({ app }) {
    app.component("Ownership", Ownership);
    app.component("Playground", Playground);
  },
};
