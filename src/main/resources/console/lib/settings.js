/**
 * What the page says of the installation.
 * @type {{documentation: boolean, asks_who: boolean, oidc: {issuer: string, client_id: string, scopes: string[]} | null}}
 */
export const settings = JSON.parse(/** @type {HTMLMetaElement} */ (document.querySelector("meta[name=settings]")).content);
