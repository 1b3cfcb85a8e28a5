/** The administration's definitions: Chinese. */
export default {};
