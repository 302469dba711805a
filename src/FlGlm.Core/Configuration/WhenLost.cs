namespace FlGlm.Core.Configuration;

/// <summary>What a run does when a client leaves before the end.</summary>
public enum WhenLost
{
    /// <summary>Waits for it, for <c>clients.rejoin_timeout_s</c>; then it saves and stops. What was computed stays exact.</summary>
    Wait,

    /// <summary>Goes on with the others, whose weights then sum to 1; such a run cannot be repeated bit for bit.</summary>
    Drop,
}
