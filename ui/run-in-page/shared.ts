/** The script of a shared page that can run its notebook: what a page to read has, and the element. Both share their libraries. */
import "../share/main.ts";
import "./run-in-page.ts";
