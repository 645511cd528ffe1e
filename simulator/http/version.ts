/** The version every answer and every event is written in. */
export const API_VERSION = '2026-10-28.endive';
