/** Of the engine's globals, beyond the language. */
declare function atob(base64: string): string;
declare function btoa(bytes: string): string;
