/** The administration's definitions: English. */
export default {};
