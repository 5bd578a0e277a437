/**
 * The batch file of a sweep on Slurm. Its template lies in the workspace and is the user's to change; each submission writes
 * the file that it submits, and a file with one command line per entry, both kept beside the results.
 */

/** In the workspace, where it can be versioned with the notebooks. */
export const TEMPLATE_FILE = "palimpsest-slurm.sh";
export const COMMANDS = "{{commands}}";

export const TEMPLATE = `#!/bin/bash
# The batch file of "palimpsest sweep --on slurm". It was written once and is yours to change: partition, account, time, memory,
# GPUs, modules to load. Each task of the array runs one entry of the sweep. Palimpsest adds --array, --chdir and --output.
#SBATCH --job-name=palimpsest
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
# After a failure of its node or a preemption, the same task runs again and its trainings continue from their checkpoints.
#SBATCH --requeue
#SBATCH --open-mode=append
# Before the time limit, and before a preemption that gives notice, trainings save a checkpoint.
#SBATCH --signal=B:TERM@60

# One line per entry. "exec" in it lets Slurm's signals reach the run.
eval "$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" ${COMMANDS})"
`;

/** @throws if the template does not say where the commands are */
export function batchFile(template: string, commands: string): string {
  if (!template.includes(COMMANDS))
    throw new Error(
      `${TEMPLATE_FILE} does not contain ${COMMANDS}, where the file with the commands of the entries is to be named. Write it there, or delete the file: then it is written again.`,
    );
  return template.replaceAll(COMMANDS, quoted(commands));
}

/** One line of bash that runs an entry, unless its result is there already: a requeued task may come after its own success. */
export function commandLine(
  command: readonly string[],
  files: { readonly result: string; readonly log: string },
): string {
  const log = quoted(files.log);
  const begin = `echo "--- job $SLURM_ARRAY_JOB_ID task $SLURM_ARRAY_TASK_ID, restart \${SLURM_RESTART_COUNT:-0}" >> ${log}`;
  return `test -e ${quoted(files.result)} || { ${begin}; exec ${command.map(quoted).join(" ")} > /dev/null 2>> ${log}; }`;
}

/** A word of bash, on one line whatever it contains. */
export function quoted(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (!/\p{Cc}/u.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = [...text].map((character) => {
    if (!/[\p{Cc}\\']/u.test(character)) return character;
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return `$'${escaped.join("")}'`;
}

/** In file names, Slurm replaces what follows a percent sign. */
export function slurmPath(path: string): string {
  return path.replaceAll("%", "%%");
}
