/**
 * The resourceVersion of an object that does not exist: a server-side apply with it creates the object, or is answered with 409. Objects have
 * higher ones. "0" and "" would check nothing.
 */
export const ABSENT_VERSION = '1';
