/** The administration's plans: Chinese. */
export default {};
