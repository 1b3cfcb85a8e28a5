/** The administration's health: English. */
export default {};
