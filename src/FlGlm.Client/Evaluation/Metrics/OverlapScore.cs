namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>Precision, recall and F1 of what a text shares with its reference, 0 to 1.</summary>
public readonly record struct OverlapScore(double Precision, double Recall, double F1)
{
    /// <summary>Precision = shared / inText, recall = shared / inReference; 0 where there is nothing to divide by.</summary>
    /// <param name="guard">added to the divisor of F1 by packages that guard it so; 0 divides exactly</param>
    internal static OverlapScore Of(int shared, int inText, int inReference, double guard = 0)
    {
        var precision = inText == 0 ? 0 : shared / (double)inText;
        var recall = inReference == 0 ? 0 : shared / (double)inReference;
        var divisor = precision + recall + guard;
        return new OverlapScore(precision, recall, divisor == 0 ? 0 : 2 * (precision * recall / divisor));
    }
}
