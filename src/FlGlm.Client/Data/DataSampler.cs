namespace FlGlm.Client.Data;

/// <summary>Which rows each step has.</summary>
public enum DataSampler
{
    /// <summary>Epoch after epoch, each over all rows in an order of its own.</summary>
    Epochs,

    /// <summary>A sample of all rows, drawn anew for every step without replacement: a row may come again at once, or never.</summary>
    Subsample,
}
