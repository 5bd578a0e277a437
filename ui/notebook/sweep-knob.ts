/** One input in the dialog that starts a sweep: as it is, several values, or a range to draw from. */
import { html, nothing, type TemplateResult } from "lit";
import { type Choice, type Knob, optionsOf, waysOf } from "./sweep-choices.ts";

type Change = (choice: Choice) => void;

export function sweepKnob(knob: Knob, choice: Choice, fault: string | undefined, change: Change): TemplateResult {
  const ways = waysOf(knob);
  return html`<fieldset class="knob" data-knob=${knob.name} aria-describedby=${fault ? `fault-${knob.name}` : nothing}>
    <legend>${knob.name} ${knob.declared ? html`<span class="now">${nowText(knob)}</span>` : nothing}</legend>
    <div class="row">${ways === "none" ? html`<span class="about">As it is. A table is varied by <code>palimpsest sweep</code>.</span>` : ways === "ticked" ? ticked(knob, choice, change) : [wayChoice(knob, choice, ways, change), field(knob, choice, fault, change)]}</div>
    ${fault ? html`<p class="fault" id="fault-${knob.name}">${fault}</p>` : nothing}
  </fieldset>`;
}

/** What the input has now, and its limits. */
function nowText({ declared }: Knob): string {
  if (!declared) return "";
  const { spec, value } = declared;
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const now = `now ${text.length > 60 ? `${text.slice(0, 59)}…` : text}`;
  if (spec.kind !== "range" && spec.kind !== "number") return now;
  const limits = [spec.min === undefined ? "" : `from ${spec.min}`, spec.max === undefined ? "" : `to ${spec.max}`];
  return [now, limits.filter((each) => each !== "").join(" ")].filter((each) => each !== "").join(", ");
}

function ticked(knob: Knob, choice: Choice, change: Change): TemplateResult {
  const values = choice.kind === "ticked" ? choice.values : [];
  const options = optionsOf(knob);
  return html`<span class="options">
    ${options.map(
      (option) => html`<label
        ><input type="checkbox" value=${option} .checked=${values.includes(option)} @change=${(event: Event) => {
          const { checked } = event.target as HTMLInputElement;
          change({
            kind: "ticked",
            values: options.filter((each) => (each === option ? checked : values.includes(each))),
          });
        }} />${option}</label
      >`,
    )}
  </span>`;
}

function wayChoice(knob: Knob, choice: Choice, ways: "numbers" | "lines", change: Change): TemplateResult {
  const chosen = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    if (value === "lines") change({ kind: "lines", text: "" });
    else if (value === "range") change({ kind: "range", low: "", high: "", scale: "linear" });
    else change({ kind: "one" });
  };
  const option = (kind: Choice["kind"], label: string): TemplateResult =>
    html`<option value=${kind} .selected=${choice.kind === kind}>${label}</option>`;
  return html`<select name="way" aria-label="How ${knob.name} varies" @change=${chosen}>
    ${option("one", "as it is")} ${option("lines", "these values")} ${ways === "numbers" ? option("range", "drawn between") : nothing}
  </select>`;
}

function field(knob: Knob, choice: Choice, fault: string | undefined, change: Change): TemplateResult | typeof nothing {
  const invalid = fault !== undefined;
  const text = (event: Event): string => (event.target as HTMLInputElement | HTMLTextAreaElement).value;
  if (choice.kind === "lines") {
    const typed = (event: Event): void => change({ kind: "lines", text: text(event) });
    const label = `Values of ${knob.name}`;
    return waysOf(knob) === "numbers"
      ? html`<input type="text" name="values" inputmode="text" autocomplete="off" spellcheck="false" placeholder="2, 8, 32" aria-label=${label} aria-invalid=${invalid} .value=${choice.text} @input=${typed} />`
      : html`<textarea name="values" rows="3" placeholder=${knob.kind === "many" ? "One choice in each line: a, b" : "One value in each line"} aria-label=${label} aria-invalid=${invalid} .value=${choice.text} @input=${typed}></textarea>`;
  }
  if (choice.kind !== "range") return nothing;
  const bound = (which: "low" | "high", label: string): TemplateResult =>
    html`<input type="text" class="bound" name=${which} inputmode="text" autocomplete="off" aria-label="${label} of ${knob.name}" aria-invalid=${invalid} .value=${choice[which]} @input=${(event: Event) => change({ ...choice, [which]: text(event) })} />`;
  return html`${bound("low", "Lowest value")} and ${bound("high", "Highest value")}
    <label title="Draws evenly on a logarithmic scale"><input type="checkbox" name="log" .checked=${choice.scale === "log"} @change=${(event: Event) => change({ ...choice, scale: (event.target as HTMLInputElement).checked ? "log" : "linear" })} /> log</label>`;
}
