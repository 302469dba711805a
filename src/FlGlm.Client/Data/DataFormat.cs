namespace FlGlm.Client.Data;

/// <summary>What a data file holds.</summary>
public enum DataFormat
{
    /// <summary>
    /// By the file's name: <c>.txt</c> is text, <c>.jsonl</c> and <c>.ndjson</c> are JSONL, <c>.json</c> is JSON, <c>.csv</c>, <c>.tsv</c> and
    /// <c>.parquet</c> what they say.
    /// </summary>
    Auto,

    /// <summary>Plain UTF-8 text for causal language modelling; every token is learnt. The file is read whole.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Jsonl,

    /// <summary>One JSON list of objects, or one object a line.</summary>
    Json,

    /// <summary>Values separated by commas, the first line naming the columns (RFC 4180).</summary>
    Csv,

    /// <summary>The same with tabs.</summary>
    Tsv,

    /// <summary>Apache Parquet.</summary>
    Parquet,

    /// <summary>Two files of lines: <c>NAME.source</c> with <c>NAME.target</c>, or <c>NAME.document</c> with <c>NAME.summary</c>; the first is named.</summary>
    Pairs,

    /// <summary>One article of XSum a file, as its authors publish them: a <c>.summary</c> file without a <c>.document</c> beside it.</summary>
    Xsum,
}
