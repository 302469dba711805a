namespace FlGlm.Core.Configuration;

/// <summary>How a server works with several clients.</summary>
public enum StrategyName
{
    /// <summary>With one client until its turn ends, then with the next.</summary>
    Serial,
}
