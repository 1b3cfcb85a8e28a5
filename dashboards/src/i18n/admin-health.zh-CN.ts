/** The administration's health: Chinese. */
export default {};
