/** The administration's tokens: English. */
export default {};
