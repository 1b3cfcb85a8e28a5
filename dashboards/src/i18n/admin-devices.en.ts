/** The administration's devices: English. */
export default {};
