/** The administration's plans: English. */
export default {};
