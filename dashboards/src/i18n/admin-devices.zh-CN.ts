/** The administration's devices: Chinese. */
export default {};
