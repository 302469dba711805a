namespace FlGlm.Cli.Hosting;

/// <summary>
/// Says when freed memory has become much. Steps free what they compute, but a later tensor fits only some of the places that earlier ones have
/// left, so a process comes to hold more than any step needs. What a step needs is seen at the end of one that began without such places.
/// </summary>
internal sealed class FreedMemory
{
    /// <summary>Not worth the page faults.</summary>
    private const long Little = 32 << 20;

    private long _needed;
    private bool _isGivenBack;

    /// <summary>Called after every step.</summary>
    /// <param name="resident">the bytes that the process holds</param>
    /// <returns>true = the caller gives freed memory back now</returns>
    public bool IsMuch(long resident)
    {
        if (_isGivenBack)
        {
            (_needed, _isGivenBack) = (Math.Max(_needed, resident), false);
            return false;
        }

        _isGivenBack = resident > _needed + Math.Max(Little, _needed / 20);
        return _isGivenBack;
    }
}
