/** The script of a page that only runs its notebook: the element, and the look of the workbench. */
import { tokens } from "../look/tokens.ts";
import "./run-in-page.ts";

if (tokens.styleSheet) document.adoptedStyleSheets.push(tokens.styleSheet);
