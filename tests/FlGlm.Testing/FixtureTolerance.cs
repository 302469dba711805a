namespace FlGlm.Testing;

/// <summary>
/// The limits that the fixtures' README suggests, from what a correct second implementation in float32 was measured to reach. On another
/// device than the CPU everything holds within 1e-3 relative.
/// </summary>
public static class FixtureTolerance
{
    private const double OtherDevice = 1e-3;

    /// <param name="kind">what was computed: <c>base</c>, <c>lora</c>, ...; names the quantity in the report</param>
    public static Tolerance Logits(string kind) => Relative(kind + " logits", 3e-5);

    public static Tolerance Hidden(string kind) => Relative(kind + " hidden", 3e-5);

    public static Tolerance Loss(string kind) => Absolute(kind + " loss", 5e-6);

    public static Tolerance Gradient(string kind) => Relative(kind + " gradient", 1e-4);

    public static Tolerance Boundary(string kind) => Relative(kind + " boundary gradient", 1e-4);

    public static Tolerance PrefixValues(string kind) => Relative(kind + " keys and values", 1e-5);

    public static Tolerance AdamLoss(string kind) => Absolute(kind + " adam losses", 5e-5);

    /// <summary>1 % of one step: Adam moves every weight by about the learning rate.</summary>
    public static Tolerance AdamParameter(string kind, double learningRate) => Absolute(kind + " adam parameters", 0.01 * learningRate);

    private static Tolerance Relative(string quantity, double limit) =>
        Tolerance.Relative(quantity, TestDevice.IsCpu ? limit : OtherDevice);

    private static Tolerance Absolute(string quantity, double limit) =>
        TestDevice.IsCpu ? Tolerance.Absolute(quantity, limit) : Tolerance.Relative(quantity, OtherDevice);
}
