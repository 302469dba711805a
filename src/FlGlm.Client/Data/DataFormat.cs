namespace FlGlm.Client.Data;

/// <summary>What a data file holds.</summary>
public enum DataFormat
{
    /// <summary>By the file's name: <c>.txt</c> is text, <c>.jsonl</c> is JSONL, <c>.json</c> is JSON.</summary>
    Auto,

    /// <summary>Plain UTF-8 text for causal language modelling; every token is learnt.</summary>
    Text,

    /// <summary>One JSON object a line: a question and its answer under one of the known pairs of names, or token ids.</summary>
    Jsonl,

    /// <summary>One JSON list of such objects.</summary>
    Json,
}
