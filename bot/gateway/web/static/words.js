// The page's wording in its language; it stands in the page, see words/*.yml.

export const words = JSON.parse(document.querySelector('meta[name="words"]').content);
export const language = document.documentElement.lang;

// "{count}处" with { count: 3 } is "3处".
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
