// What the server wrote into the page for us: a JSON island and a few meta tags.

export interface PageData {
  lang: "zh" | "en";
  rights: string[];
  account: { id: string; name: string; display_name: string } | null;
  next?: string;
  /** Whether this device keeps a token by which it may sign in. */
  device?: boolean;
  /** Whether a second factor must be set up before anything else. */
  must_enrol?: boolean;
}

function island(): PageData {
  const text = document.getElementById("page-data")?.textContent || "{}";
  return { lang: "zh", rights: [], account: null, ...(JSON.parse(text) as Partial<PageData>) };
}

export const pageData: PageData = typeof document === "undefined" ? { lang: "zh", rights: [], account: null } : island();

/** Tell whether the signed-in person holds a right ("draft", "publish", "import", "unmask", "accounts" ...). */
export function may(right: string): boolean {
  return pageData.rights.includes(right);
}

/** Read a meta tag of the shell ("csrf-token", "worker-url"). */
export function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
}
