/** The administration's people: English. */
export default {};
