using System.Globalization;
using System.Text.RegularExpressions;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Peft;

/// <summary>Which linear modules a LoRA adapter adapts, with which rank and scale, and which it holds whole: PEFT's rules.</summary>
public sealed partial class LoraModules
{
    private readonly LoraAdapterConfig _config;
    private readonly ModulePattern? _whole;
    private readonly List<ModulePattern> _layers;
    private readonly List<(ModulePattern Key, int Rank)> _ranks;
    private readonly List<(ModulePattern Key, double Alpha)> _alphas;

    /// <exception cref="ArgumentException">A regular expression is not valid.</exception>
    public LoraModules(LoraAdapterConfig config)
    {
        _config = config;
        _whole = config.TargetModules.Text is { } text && !LoraSettings.IsAllLinear(text) ? ModulePattern.Whole(text) : null;
        _layers = [.. config.LayersPattern.Select(pattern => ModulePattern.Whole($@".*\.(?:{pattern})\.\d+\..*"))];
        _ranks = [.. config.RankPattern.Select(pair => (ModulePattern.End(pair.Key), pair.Value))];
        _alphas = [.. config.AlphaPattern.Select(pair => (ModulePattern.End(pair.Key), pair.Value))];
    }

    /// <summary>Rank and scale for a module; null if it is not adapted.</summary>
    /// <param name="module">the published name of a linear module other than the output head</param>
    /// <exception cref="RegexMatchTimeoutException">A regular expression needs too long for this name.</exception>
    public LoraSize? Of(string module)
    {
        if (!IsTarget(module))
            return null;
        var rank = _ranks.FindIndex(pair => pair.Key.Matches(module)) is >= 0 and var r ? _ranks[r].Rank : _config.Rank;
        var alpha = _alphas.FindIndex(pair => pair.Key.Matches(module)) is >= 0 and var a ? _alphas[a].Alpha : _config.Alpha;
        return new LoraSize(rank, alpha, _config.UseRslora);
    }

    /// <summary>Whether the adapter holds this module whole.</summary>
    public bool IsSaved(string module) => _config.ModulesToSave.Any(saved => module.EndsWith(saved, StringComparison.Ordinal));

    private bool IsTarget(string module)
    {
        var targets = _config.TargetModules;
        if (targets.Text is not null)
            return _whole?.Matches(module) ?? true;
        if (targets.Names.Contains(module))
            return true;
        return targets.Names.Any(target => module.EndsWith("." + target, StringComparison.Ordinal)) && IsInLayers(module);
    }

    private bool IsInLayers(string module)
    {
        if (_config.Layers.Count == 0)
            return true;
        return BlockNumber().Match(module) is { Success: true } block
            && (_layers.Count == 0 || _layers.Exists(pattern => pattern.Matches(module)))
            && _config.Layers.Contains(int.Parse(block.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>As PEFT: the last number that is a part of the name.</summary>
    [GeneratedRegex(@"^.*\.[^.]*\.(\d{1,9})\.", RegexOptions.CultureInvariant)]
    private static partial Regex BlockNumber();
}
