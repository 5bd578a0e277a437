/** How CodeMirror is set up for a cell: keys, completion, language, and the callbacks to the editor. */
import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { EditorState, type Extension, Prec, Transaction } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLineGutter,
  type KeyBinding,
  keymap,
  lineNumbers,
  placeholder,
} from "@codemirror/view";
import { theme } from "./theme.ts";

export type Language = "typescript" | "markdown";

/** Shift+Enter submits the cell and goes to the next one; Ctrl/Cmd+Enter submits and stays. */
export type Submit = "next" | "stay";
/** Escape leaves the text for its cell; an arrow at the start or the end leaves it for a neighbour. */
export type Leave = "cell" | "before" | "after";

export type EditorHooks = {
  /** What a screen reader calls the editor. */
  readonly label: string;
  readonly language: Language;
  /** Names that other cells define, for completion. */
  readonly names: () => readonly string[];
  readonly submit: (submit: Submit) => void;
  readonly leave: (leave: Leave) => void;
  /** The user changed the text. */
  readonly typed: () => void;
  /** The editor lost the focus. */
  readonly blurred: () => void;
};

export function editorExtensions(hooks: EditorHooks): Extension {
  const { label, language } = hooks;
  return [
    Prec.highest(keymap.of(cellKeys(hooks))),
    history(),
    drawSelection(),
    theme,
    EditorView.contentAttributes.of({
      "aria-label": label,
      spellcheck: language === "markdown" ? "true" : "false",
    }),
    EditorView.updateListener.of((update) => {
      const typed = update.transactions.some((each) => each.docChanged && !each.annotation(Transaction.remote));
      if (typed) hooks.typed();
      if (update.focusChanged && !update.view.hasFocus) hooks.blurred();
    }),
    EditorView.lineWrapping,
    language === "typescript" ? codeExtensions(hooks.names) : placeholder("Markdown"),
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      { key: "Escape", run: () => handled(() => hooks.leave("cell")) },
      ...defaultKeymap,
      ...historyKeymap,
      indentWithTab,
    ]),
  ];
}

function cellKeys({ submit, leave }: EditorHooks): readonly KeyBinding[] {
  const isAt = ({ state }: EditorView, offset: number): boolean =>
    state.selection.main.empty && state.selection.main.head === offset;
  return [
    { key: "Shift-Enter", run: () => handled(() => submit("next")) },
    { key: "Mod-Enter", run: () => handled(() => submit("stay")) },
    { key: "ArrowUp", run: (view) => isAt(view, 0) && handled(() => leave("before")) },
    { key: "ArrowDown", run: (view) => isAt(view, view.state.doc.length) && handled(() => leave("after")) },
  ];
}

/** @returns true, which tells CodeMirror to try no other command for the key */
function handled(act: () => void): true {
  act();
  return true;
}

function codeExtensions(names: () => readonly string[]): Extension {
  const complete = (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/(?<![.\w$])[\p{L}_$][\p{L}\p{N}_$]*/u);
    if (!word) return null;
    const options = names().map((label) => ({ label, type: "variable" }));
    return { from: word.from, options, validFor: /^[\w$]*$/ };
  };
  // Always the same list: CodeMirror starts a new completion when it gets another one.
  const completions = [{ autocomplete: complete }];
  return [
    lineNumbers(),
    highlightActiveLineGutter(),
    javascript({ typescript: true }),
    bracketMatching(),
    closeBrackets(),
    indentOnInput(),
    EditorState.tabSize.of(2),
    placeholder("TypeScript"),
    autocompletion({ icons: false }),
    EditorState.languageData.of(() => completions),
  ];
}
