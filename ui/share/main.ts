/** The code of a shared page. */
document.documentElement.classList.add("scripted");
