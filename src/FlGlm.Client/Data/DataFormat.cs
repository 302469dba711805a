namespace FlGlm.Client.Data;

/// <summary>What a data file holds.</summary>
public enum DataFormat
{
    /// <summary>By the file's name: <c>.txt</c> is text, <c>.jsonl</c> is JSONL.</summary>
    Auto,

    /// <summary>Plain UTF-8 text for causal language modelling; every token is learnt.</summary>
    Text,

    /// <summary>One JSON object a line with a question and its answer under one of the known pairs of names.</summary>
    Jsonl,
}
