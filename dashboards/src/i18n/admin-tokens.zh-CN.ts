/** The administration's tokens: Chinese. */
export default {};
