namespace FlGlm.Benchmarks.Measuring;

/// <summary>One line of the report.</summary>
internal sealed record Result
{
    public required string Ratio { get; init; }

    public required string Case { get; init; }

    /// <summary>What was measured of FlGlm.</summary>
    public string Ours { get; init; } = "";

    /// <summary>What it is compared with.</summary>
    public string Baseline { get; init; } = "";

    /// <summary>The figure that the bar is about; null where this line was skipped.</summary>
    public double? Value { get; init; }

    /// <summary>Empty for a ratio.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Null where the figure is for information.</summary>
    public Bar? Bar { get; init; }

    public string Note { get; init; } = "";

    public string Figure => Value is { } value ? $"{value:0.####}{(Unit.Length > 0 ? " " + Unit : "")}" : "";

    public string Verdict => (Value, Bar) switch
    {
        (null, not null) => "skipped",
        ({ } value, { } bar) => bar.Holds(value) ? "held" : "MISSED",
        _ => "",
    };
}
