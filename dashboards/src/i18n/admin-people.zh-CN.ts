/** The administration's people: Chinese. */
export default {};
