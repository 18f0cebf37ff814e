import DefaultTheme from "vitepress/theme";
import Ownership from "./Ownership.vue";
import Playground from "./Playground.vue";
import "./style.css";

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component("Ownership", Ownership);
    app.component("Playground", Playground);
  },
};
