/** The message with which main hands a guest's page the two ports on which they speak, by way of the page's preload. */
export const GUEST_PORTS = 'guest-ports';
