using System.Globalization;

namespace FlGlm.Client.Evaluation;

/// <summary>A validation loss. <see cref="ToString"/> gives it with the files' own, where there are several.</summary>
/// <param name="Loss">The mean over all targets of all rows.</param>
/// <param name="Files">The same of each file; empty where there is but one.</param>
public sealed record ValidationResult(double Loss, IReadOnlyDictionary<string, double> Files)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var files = string.Join(", ", Files.Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Key} {file.Value:F4}")));
        return string.Create(CultureInfo.InvariantCulture, $"{Loss:F4}") + (files.Length > 0 ? $" ({files})" : "");
    }
}
