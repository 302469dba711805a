namespace FlGlm.Core.Peft;

/// <summary>The fields of every PEFT <c>adapter_config.json</c>.</summary>
public abstract record AdapterConfig
{
    /// <summary>The base model, as a path or a published name; for information only, never opened.</summary>
    public string? BaseModel { get; init; }

    /// <summary>Which blocks this is the adapter of; null for a whole one.</summary>
    public AdapterPart? Part { get; init; }

    /// <summary>The id of the run that wrote this part; null where it is not known, and for a whole adapter.</summary>
    public string? RunId { get; init; }

    /// <summary>The keys of the file that no release of PEFT known here has, sorted; what they mean is not known. They are not written again.</summary>
    public IReadOnlyList<string> UnknownKeys { get; init; } = [];
}
